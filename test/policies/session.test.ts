import { keepsTheContract } from './contract.ts'

keepsTheContract('session', 'session')
