/**
 * What a caching edge of low-latency HLS must do (RFC 8216bis 6.2.5 and appendices B and C, and what went wrong
 * elsewhere), each rule with the tests that hold it. A rule whose test is renamed or gone fails here.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_DURATIONS } from '../edge/config.ts'
import { ROOT } from './support/source-files.ts'

const CONTRACT = 'tests/contract/delivery-tests.ts'
const VIEWERS = 'tests/contract/viewer-tests.ts'
const ANSWERS = 'edge/delivery/routes.test.ts'
const FAILURES = 'edge/delivery/failures.test.ts'
const FILLS = 'edge/delivery/coalescer.test.ts'
const CACHE = 'edge/delivery/memory-segment-cache.test.ts'
const CONVERSATION = 'tests/conformance/delivery-tests.ts'

type Holder = readonly [file: string, title: string]

const RULES: readonly (readonly [rule: string, ...holders: Holder[]])[] = [
  [
    'requests whose fill is pending are held and served from that one fill, playlists and parts alike',
    [CONTRACT, 'equal requests in flight share one fill: %s'],
    [CONTRACT, 'a viewer who leaves takes nothing from those who wait'],
    [ANSWERS, '200 equal blocking requests become one origin request'],
  ],
  [
    'cached answers carry Age, which adds up across tiers; Age, Date and Content-Length are exposed to other sites',
    [CONTRACT, 'Age adds up across tiers and other sites may read it'],
    [ANSWERS, 'Age adds up across tiers and shortens the life here'],
    [CONVERSATION, 'players on other sites may read every answer and its Age'],
  ],
  [
    'the key is the path and the delivery directives, sorted; CMCD, sessions and tokens are no part of it',
    [CONTRACT, 'directives count in any order, everything else in the query not at all'],
    [ANSWERS, 'a second viewer with another token is served from the cache'],
    ['edge/delivery/request.test.ts', '%s does not change the key'],
  ],
  [
    'the token is verified before the cache, and what needs one is kept by nobody who does not check',
    [VIEWERS, 'a broadcast for members is nothing to strangers, not even in a cache'],
    [VIEWERS, 'a pass ends by itself, and with it every address that was passed on'],
    ['edge/viewers/viewers.test.ts', 'is watched by members and admins, who alone keep what they get'],
  ],
  [
    'no credential of a viewer goes into a cached path, and no cookie of the origin comes out of it',
    [CONTRACT, 'the origin is asked once, with the secret of the edge and nothing of the viewer'],
    [CONTRACT, 'nothing that the origin sets for one viewer reaches anybody'],
  ],
  [
    'a stalled fill releases its waiters with 503, which nobody keeps',
    [CONTRACT, 'an origin that never answers releases those who wait, and the next request asks again'],
    [FILLS, 'a fill out of time is aborted and releases everybody, even when it ignores the signal'],
    [FAILURES, 'a body that stops in the middle is neither sent nor kept'],
    [CONVERSATION, 'a held request for what does not come ends with 503, which nobody keeps'],
  ],
  [
    'fills and those who wait for one are bounded',
    [FILLS, 'distinct fills are bounded within a group and in total, and the places come back'],
    [FILLS, 'those who wait for one fill are bounded too, and the next fill has room again'],
    [ANSWERS, 'fills of media, however many, leave room for playlists'],
    [CONTRACT, 'a flood of invented names is bounded at the origin'],
  ],
  [
    'a 404 for what is not there yet cannot poison what comes',
    [CONTRACT, 'an answer about the future is asked again, so it cannot poison the live edge'],
    [CONVERSATION, 'media that is neither listed nor hinted at is 404 at once, which nobody keeps'],
    [FAILURES, 'what has left the window is remembered for one target duration'],
  ],
  [
    'answers live as long as appendix B says, and no longer',
    [CONTRACT, 'segments and parts may be kept for ever, playlists briefly, failures not at all'],
    [ANSWERS, 'an answer to a request for the past is kept no longer than a plain playlist'],
    [ANSWERS, 'the cache control of the origin is not trusted'],
  ],
  [
    'names are unique for each broadcast, so a restart serves nothing of before',
    [
      'tests/e2e/watch.test.ts',
      'the page that was open before the broadcast follows it, its end and the next one',
    ],
    ['tests/contract/broadcast-tests.ts', 'a broadcast opens, shows, ends, and keeps its address for ever'],
  ],
  [
    'on Workers the gateway checks and normalises, and equal requests meet outside of module state',
    ['tests/contract/worker.test.ts', 'addContractTests'],
    ['tests/contract/worker-spread.test.ts', 'test('],
  ],
  [
    'HEAD and preflights are answered; ranges and conditions are for finished videos: live media is whole and final',
    [CONTRACT, 'HEAD says what GET does and sends nothing; a preflight allows both'],
    [CONVERSATION, 'HEAD is answered as GET is, without a body'],
  ],
  [
    'playlists are sent compressed to those who accept it',
    [CONVERSATION, 'playlists are sent compressed to those who accept it, and to nobody else'],
    [ANSWERS, 'a playlist is compressed once, for those alone who accept it'],
  ],
  ['the cache is bounded in bytes, and cannot evict what is being filled', [CACHE, 'test(']],
]

test.each(RULES.map(([rule, ...holders]) => ({ rule, holders })))('$rule', ({ holders }) => {
  for (const [file, title] of holders) {
    const source = readFileSync(join(ROOT, file), 'utf8')
    expect(source.includes(title), `${file}: ${title}`).toBe(true)
  }
})

test('a fill has less time than any player waits for the first byte', () => {
  expect(DEFAULT_DURATIONS.fillTimeout).toBeLessThan(10_000)
})
