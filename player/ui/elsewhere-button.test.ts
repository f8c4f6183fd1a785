import { expect, test } from 'vitest'
import { ElsewhereButton } from './elsewhere-button.tsx'

test('the button to a stream elsewhere names the place, and tells it nothing of the reader', () => {
  const { props } = ElsewhereButton({ url: 'https://www.youtube.com/@budi/live' })
  expect(props).toMatchObject({
    href: 'https://www.youtube.com/@budi/live',
    target: '_blank',
    rel: expect.stringMatching(/^noopener noreferrer /),
    class: 'button button-main',
  })
  expect(JSON.stringify(props.children)).toContain('YouTube')
})
