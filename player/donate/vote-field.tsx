/** What donors may choose from while a vote is open. */
import { useEffect, useState } from 'preact/hooks'
import { DonationFormExtras, type OpenPoll } from '../../shared/contracts/widgets.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/donate.ts'
import { get } from '../lib/api.ts'
import { SelectField } from '../ui/field.tsx'

const NOTHING: DonationFormExtras = { poll: null, alertTemplates: [] }

/** Form and preview ask for the same. */
const asked = new Map<string, Promise<DonationFormExtras>>()

/** Without an answer there is no vote and the standard words: the donation matters more. */
export function useFormExtras(slug: string): DonationFormExtras {
  const [extras, setExtras] = useState(NOTHING)
  useEffect(() => {
    const path = `/api/channels/${encodeURIComponent(slug)}/donation-form`
    const answer = asked.get(slug) ?? get(path, DonationFormExtras).catch(() => NOTHING)
    asked.set(slug, answer)
    void answer.then(setExtras)
  }, [slug])
  return extras
}

interface VoteFieldProps {
  readonly poll: OpenPoll
  readonly option: number | undefined
  readonly onChange: (option: number | undefined) => void
}

export function VoteField({ poll, option, onChange }: VoteFieldProps) {
  return (
    <SelectField
      label={poll.title || t('vote')}
      value={option === undefined ? '' : String(option)}
      options={[
        { value: '', label: t('voteNone') },
        ...poll.options.map((label, index) => ({ value: String(index), label })),
      ]}
      hint={
        poll.minimumRupiah > 0 ? t('voteMinimum', { amount: formatRupiah(poll.minimumRupiah) }) : undefined
      }
      onChange={(value) => onChange(value === '' ? undefined : Number(value))}
    />
  )
}
