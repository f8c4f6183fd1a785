import { ERRORS, type FieldProblem } from '../../shared/errors.ts'
import { currentLanguage } from '../i18n/language.ts'
import { t as fields } from '../i18n/fields.ts'
import { t } from '../i18n/shell.ts'
import { ApiProblem } from './api.ts'

/** What a failure means, in the reader's language. */
export function problemText(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return t('unexpected')
  if (problem.code === 'network' || problem.code === 'unexpected') return t(problem.code)
  return ERRORS[problem.code][currentLanguage()]
}

/** What is wrong with one field, or `undefined`. @param name dotted path as in `Problem.fields` */
export function fieldText(problem: unknown, name: string): string | undefined {
  const reason: FieldProblem | undefined = problem instanceof ApiProblem ? problem.fields[name] : undefined
  if (!reason) return undefined
  const key = `${name.split('.').at(-1)}_${reason}`
  return isSpecific(key) ? fields(key) : t(`field_${reason}`)
}

function isSpecific(key: string): key is keyof typeof fields.texts.id {
  return Object.hasOwn(fields.texts.id, key)
}
