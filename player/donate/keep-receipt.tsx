import { SignedReceipt } from '../../shared/contracts/donations.ts'
import { t } from '../i18n/donate.ts'
import { get } from '../lib/api.ts'
import { ProblemNotice } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button } from '../ui/parts.tsx'

/** Leads to the signed receipt, which can be printed, kept and shown to others. */
export function KeepReceipt({ donationId, isSmall = false }: { donationId: string; isSmall?: boolean }) {
  const keep = useAction(async () => {
    const { receipt } = await get(`/api/me/donations/${donationId}/receipt`, SignedReceipt)
    location.assign(`/receipt#${receipt}`)
  })
  return (
    <>
      <Button tone="plain" isSmall={isSmall} onClick={() => keep.run()} isBusy={keep.isBusy}>
        {t('keepReceipt')}
      </Button>
      <ProblemNotice problem={keep.problem} />
    </>
  )
}
