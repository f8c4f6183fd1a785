import { useState } from 'preact/hooks'
import { PASSWORD_MIN_CHARS } from '../../shared/contracts/fields.ts'
import type { Site } from '../../shared/contracts/site.ts'
import { t } from '../i18n/setup.ts'
import { ApiProblem, call } from '../lib/api.ts'
import { isOnlyHere } from '../lib/only-here.ts'
import { fieldText, problemText } from '../lib/problem-text.ts'
import { useSession } from '../ui/context.ts'
import { ProblemNotice } from '../ui/feedback.tsx'
import { ChoiceField, Field, SelectField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Button, Card, Empty } from '../ui/parts.tsx'
import { timeZones } from './time-zones.ts'

// The log's link may carry the code behind `#`, which is never sent to a server.
const codeFromLink = location.hash.slice(1)

function Setup() {
  const { site } = useSession()
  return (
    <Page title={t('title')} isNarrow>
      {site.isSetUp ? (
        <Empty
          isWholePage
          title={t('doneTitle')}
          action={
            <Button tone="main" href="/admin/sign-in">
              {t('toAdmin')}
            </Button>
          }
        >
          {t('doneText')}
        </Empty>
      ) : (
        <Form site={site} />
      )}
    </Page>
  )
}

function firstValues(site: Site) {
  return {
    code: codeFromLink,
    username: '',
    password: '',
    name: site.name,
    timeZone: site.timeZone,
    registration: site.registration as string,
    preset: site.preset as string,
    ...addresses(site),
  }
}

/**
 * The address that works for whoever fills in this form is the best guess, except for this machine's own
 * name, which no phone and no encoder elsewhere can reach: there the installation knows better.
 */
function addresses({ publicUrl, rtmpUrl }: Site): { publicUrl: string; rtmpUrl: string } {
  return isOnlyHere(location.origin)
    ? { publicUrl, rtmpUrl }
    : { publicUrl: location.origin, rtmpUrl: rtmpUrlHere(rtmpUrl) }
}

/** The installation's guess, with the host under which this page was reached. */
function rtmpUrlHere(guess: string): string {
  const port = /^rtmps?:\/\/[^/]*?:(\d+)\//.exec(guess)?.[1]
  const isDefaultPort = port === undefined || port === '1935'
  return `rtmp://${location.hostname}${isDefaultPort ? '' : `:${port}`}/live`
}

function Form({ site }: { site: Site }) {
  const [values, setValues] = useState(() => firstValues(site))
  const set = (name: keyof typeof values) => (value: string) =>
    setValues((before) => ({ ...before, [name]: value }))
  const setup = useAction(async () => {
    const { code, username, password, ...rest } = values
    await call('POST', '/api/setup', { body: { code, admin: { username, password }, site: rest } })
    location.replace('/admin')
  })
  const { problem } = setup
  /** @param path of the field in what is sent */
  const bound = (name: keyof typeof values, path: string) => ({
    value: values[name],
    onInput: set(name),
    error: fieldText(problem, path),
  })
  const chosen = (name: 'registration' | 'timeZone') => ({
    label: t(name),
    value: values[name],
    onChange: set(name),
    error: fieldText(problem, `site.${name}`),
  })
  const address = (name: 'publicUrl' | 'rtmpUrl') => ({
    ...bound(name, `site.${name}`),
    label: t(name),
    hint: t(`${name}Hint`),
    type: 'url' as const,
    name,
    isRequired: true,
  })
  const codeError =
    problem instanceof ApiProblem && problem.code === 'setup_code_wrong' ? problemText(problem) : undefined
  return (
    <form class="stack" onSubmit={setup.run}>
      <h1>{t('title')}</h1>
      <p class="muted">{t('intro')}</p>
      <Card>
        <Field
          {...bound('code', 'code')}
          label={t('code')}
          name="code"
          autoComplete="off"
          isRequired
          hint={t('codeHint')}
          error={fieldText(problem, 'code') ?? codeError}
        />
      </Card>
      <Card title={t('adminTitle')}>
        <p class="muted small">{t('adminText')}</p>
        <Field
          {...bound('username', 'admin.username')}
          label={t('username')}
          onInput={(value) => set('username')(value.toLowerCase())}
          type="text"
          name="username"
          autoComplete="username"
          isRequired
          maxLength={32}
          hint={t('usernameHint')}
        />
        <Field
          {...bound('password', 'admin.password')}
          label={t('password')}
          type="password"
          name="password"
          autoComplete="new-password"
          isRequired
          hint={t('passwordHint', { count: PASSWORD_MIN_CHARS })}
        />
      </Card>
      <Card title={t('siteTitle')}>
        <Field
          {...bound('name', 'site.name')}
          label={t('name')}
          name="siteName"
          isRequired
          maxLength={60}
          hint={t('nameHint')}
        />
        <ChoiceField
          legend={t('preset')}
          value={values.preset}
          onChange={set('preset')}
          options={[
            { value: 'streamers', label: t('streamers'), hint: t('streamersHint') },
            { value: 'organisation', label: t('organisation'), hint: t('organisationHint') },
          ]}
        />
        <SelectField
          {...chosen('registration')}
          options={[
            { value: 'open', label: t('registrationOpen') },
            { value: 'invited', label: t('registrationInvited') },
            { value: 'closed', label: t('registrationClosed') },
          ]}
        />
        <SelectField {...chosen('timeZone')} options={timeZones(values.timeZone)} />
      </Card>
      <Card title={t('addressTitle')}>
        <Field {...address('publicUrl')} />
        <Field {...address('rtmpUrl')} />
      </Card>
      <ProblemNotice problem={problem} />
      <Button type="submit" tone="main" isWide isBusy={setup.isBusy}>
        {t('submit')}
      </Button>
    </form>
  )
}

mount(Setup, { withMember: false, beforeSetup: true })
