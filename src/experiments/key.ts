/** A key: the name that people and programs give to a surface, policy, metric, experiment or arm. */
import { z } from 'zod'

export const keySchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower-case letters, digits, ".", "_" or "-", and begin with a letter or digit')
  .meta({ description: 'Name of the object: lower-case letters, digits, ".", "_", "-"; at most 64 characters.', example: 'home-policy' })
