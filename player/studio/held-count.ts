/** How many alerts wait for a decision: whoever looks at another tab must see it, for the donors wait. */
import { AlertQueue } from '../../shared/contracts/alerts.ts'
import { get } from '../lib/api.ts'
import { useLoad } from '../ui/hooks.ts'
import { useStudioEvents } from './events.ts'

/** @param path of the queue; `undefined` without donations */
export function useHeldCount(path: string | undefined): number {
  const held = useLoad(
    async (signal) => (path === undefined ? 0 : (await get(path, AlertQueue, signal)).held.length),
    [path],
  )
  const count = held.state === 'ready' ? held.value : 0
  useStudioEvents((event) => {
    const isNew = event.type === 'alert' && event.isHeld
    if (isNew || event.type === 'reconnected' || (event.type === 'alert_state' && count > 0))
      void held.reload()
  })
  return count
}
