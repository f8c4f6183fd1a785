/** What a video is called, and who may see and keep it. */
import { useState } from 'preact/hooks'
import { VISIBILITIES, type Visibility } from '../../../shared/contracts/channels.ts'
import {
  StudioVideo,
  VIDEO_DESCRIPTION_MAX_CHARS,
  VIDEO_TITLE_MAX_CHARS,
  VIDEO_TOPIC_MAX_CHARS,
} from '../../../shared/contracts/videos.ts'
import { t as cuts } from '../../i18n/cuts.ts'
import { t as page } from '../../i18n/video-page.ts'
import { t } from '../../i18n/videos.ts'
import { call } from '../../lib/api.ts'
import { changes } from '../../lib/changes.ts'
import { fieldText } from '../../lib/problem-text.ts'
import { ActionForm } from '../../ui/action-form.tsx'
import { toast } from '../../ui/feedback.tsx'
import { CheckField, Field, SelectField } from '../../ui/field.tsx'
import { useAction } from '../../ui/hooks.ts'
import { Card } from '../../ui/parts.tsx'

interface VideoDetailsProps {
  /** Of the video in the studio's API. */
  readonly path: string
  readonly video: StudioVideo
  readonly onChange: (video: StudioVideo) => void
}

export function VideoDetails({ path, video, onChange }: VideoDetailsProps) {
  const [title, setTitle] = useState(video.title)
  const [description, setDescription] = useState(video.description)
  const [topic, setTopic] = useState(video.topic)
  const [visibility, setVisibility] = useState<Visibility>(video.visibility)
  const [isDownloadable, setDownloadable] = useState(video.isDownloadable)
  const [isKept, setKept] = useState(video.isKept)
  // Whoever kept bytes that anybody could have asks no more until they are too old (shared/cache-policy).
  const isClosing = visibility === 'members' && video.visibility !== 'members'
  const save = useAction(async () => {
    const before = {
      title: video.title,
      description: video.description,
      topic: video.topic,
      visibility: video.visibility,
      isDownloadable: video.isDownloadable,
      isKept: video.isKept,
    }
    const body = changes(before, { title, description, topic, visibility, isDownloadable, isKept })
    onChange(await call('PATCH', path, { body, schema: StudioVideo }))
    toast(t('saved'))
  })
  return (
    <Card title={page('details')}>
      <ActionForm action={save} label={t('save')} button="main">
        <Field
          label={t('title')}
          hint={t('titleHint')}
          value={title}
          onInput={setTitle}
          isOptional
          maxLength={VIDEO_TITLE_MAX_CHARS}
          error={fieldText(save.problem, 'title')}
        />
        <Field
          label={t('topic')}
          hint={t('topicHint')}
          value={topic}
          onInput={setTopic}
          isOptional
          maxLength={VIDEO_TOPIC_MAX_CHARS}
          error={fieldText(save.problem, 'topic')}
        />
        <Field
          label={t('description')}
          value={description}
          onInput={setDescription}
          isLong
          isOptional
          maxLength={VIDEO_DESCRIPTION_MAX_CHARS}
          error={fieldText(save.problem, 'description')}
        />
        <SelectField
          label={t('visibility')}
          value={visibility}
          onChange={(value) => setVisibility(value as Visibility)}
          options={VISIBILITIES.map((value) => ({ value, label: t(`visibility_${value}`) }))}
          {...(isClosing && { hint: t('visibility_membersLater') })}
        />
        <CheckField
          label={cuts('allow')}
          hint={cuts('allowHint')}
          isChecked={isDownloadable}
          onChange={setDownloadable}
        />
        <CheckField label={t('keep')} hint={t('keepHint')} isChecked={isKept} onChange={setKept} />
      </ActionForm>
    </Card>
  )
}
