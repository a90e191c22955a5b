import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { birthOf, isAlive, programOf } from '../../src/store/process-life.ts'

it('tells the living from the dead', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' })
  expect(isAlive(child.pid!)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isAlive(child.pid!)).toBe(false)
  expect(birthOf(child.pid!)).toBe('')
})

it.runIf(process.platform === 'linux')('tells two processes apart that had the same id, and a zombie from the living', async () => {
  expect(birthOf(process.pid)).toMatch(/^\d+$/)
  expect(birthOf(process.pid)).not.toBe(birthOf(process.ppid))
  expect(programOf(1)).not.toBe('')
  // A shell that leaves a dead child unburied, by becoming a program that waits for nobody.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(isAlive(Number(line.toString()))).toBe(false)
  parent.kill('SIGKILL')
})
