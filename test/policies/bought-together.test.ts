import { keepsTheContract } from './contract.ts'

keepsTheContract('bought-together', 'bought-together')
