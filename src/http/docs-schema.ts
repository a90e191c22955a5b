/** JSON Schemas as HTML: one line a member, named schemas as links. */
import type { Json } from './openapi.ts'

const COMPONENT = '#/components/schemas/'

/** Text that is safe inside an element or a quoted attribute. */
export function escaped(text: unknown): string {
  return String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Text with `code` between back-quotes. */
export function prose(text: unknown): string {
  return escaped(text ?? '').replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

/** The members of an object, the choices of a union, or one line for anything else. */
export function schemaHtml(schema: Json): string {
  const choices = choicesOf(schema)
  if (choices?.some((choice) => choice.properties)) return choices.map(schemaHtml).join('<p class="or">or</p>')
  const properties = schema.properties as Readonly<Record<string, Json>> | undefined
  if (!properties) return `<p>${typeHtml(schema)}</p>`
  const required = (schema.required as readonly string[] | undefined) ?? []
  return `<table>${Object.entries(properties)
    .map(([name, member]) => memberHtml(name, member, required.includes(name)))
    .join('')}</table>`
}

function memberHtml(name: string, member: Json, isRequired: boolean): string {
  const marks = [isRequired ? 'required' : '', member.readOnly ? 'set by the server' : ''].filter(Boolean).join(', ')
  const inner = member.properties ? schemaHtml(member) : ''
  return `<tr><td><code>${escaped(name)}</code></td><td>${typeHtml(member)}${marks ? ` <em>${marks}</em>` : ''}${boundsHtml(member)}</td><td>${prose(member.description)}${inner}</td></tr>`
}

/** What a value may be, in a few words. */
export function typeHtml(schema: Json): string {
  const reference = schema.$ref
  if (typeof reference === 'string') {
    const name = escaped(reference.slice(COMPONENT.length))
    return `<a href="#schema-${name}">${name}</a>`
  }
  const choices = choicesOf(schema)
  if (choices) return choices.map(typeHtml).join(' or ')
  if (schema.const !== undefined) return `<code>${escaped(JSON.stringify(schema.const))}</code>`
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `<code>${escaped(value)}</code>`).join(' ')
  if (schema.type === 'array') return `list of ${typeHtml((schema.items as Json | undefined) ?? {})}`
  return escaped(schema.format ?? schema.type ?? 'anything')
}

function choicesOf(schema: Json): readonly Json[] | undefined {
  return (schema.anyOf ?? schema.oneOf) as readonly Json[] | undefined
}

const BOUNDS: Readonly<Record<string, string>> = {
  minimum: '≥',
  exclusiveMinimum: '>',
  maximum: '≤',
  exclusiveMaximum: '<',
  maxLength: 'characters ≤',
  minItems: 'entries ≥',
  maxItems: 'entries ≤',
}

/** zod names the largest safe integer as the bound of every integer; that tells nobody anything. */
function boundsHtml(schema: Json): string {
  const bounds = Object.entries(BOUNDS)
    .filter(([name]) => typeof schema[name] === 'number' && Math.abs(schema[name]) < Number.MAX_SAFE_INTEGER)
    .map(([name, sign]) => `${escaped(sign)} ${schema[name]}`)
  const standard = schema.default === undefined ? [] : [`default <code>${escaped(JSON.stringify(schema.default))}</code>`]
  const all = [...bounds, ...standard]
  return all.length > 0 ? `<br><small>${all.join(', ')}</small>` : ''
}
