/** The edge: a function of its platform. Slices meet here and nowhere else. */
import { Hono, type Context } from 'hono'
import { AppError } from '../shared/errors.ts'
import { deviceRoutes } from './accounts/device-routes.ts'
import { avatarRoutes } from './accounts/avatar-routes.ts'
import { emailChangeRoutes } from './accounts/email-change.ts'
import { ownAccountRoutes } from './accounts/own-account-routes.ts'
import { passwordChangeRoutes } from './accounts/password-change.ts'
import { passwordResetRoutes } from './accounts/password-reset.ts'
import { accountRoutes } from './accounts/routes.ts'
import { createConfirmPassword, createSignIn } from './accounts/sign-in.ts'
import { createAuth, createSessions } from './accounts/sessions.ts'
import { adminAccountRoutes } from './admin/admins.ts'
import { adminNoticeRoutes } from './admin/notices.ts'
import { freezingRoutes } from './admin/freezing.ts'
import { inviteRoutes } from './admin/invites.ts'
import { adminRoutes } from './admin/routes.ts'
import { dockRoutes } from './alerts/dock-routes.ts'
import { alertRoutes } from './alerts/routes.ts'
import { alertSettingsRoutes } from './alerts/settings-routes.ts'
import { studioAlertRoutes } from './alerts/studio-routes.ts'
import { widgetLinks } from './alerts/widget-links.ts'
import { caseRoutes } from './cases/routes.ts'
import { channelAccess, channelLookup } from './channels/rules.ts'
import { fileRoutes } from './channels/files.ts'
import { publicChannelRoutes } from './channels/public-routes.ts'
import { studioChannelRoutes } from './channels/studio-routes.ts'
import { captionRoutes } from './videos/caption-routes.ts'
import { chapterRoutes } from './videos/chapter-routes.ts'
import { markRoutes } from './videos/mark-routes.ts'
import { cutRoutes } from './videos/cut-routes.ts'
import { schemaGuard } from './db/schema.ts'
import type { Deliver } from './delivery/deliver.ts'
import { deliveryRoutes } from './delivery/routes.ts'
import { donationRoutes } from './donations/routes.ts'
import { listReceived } from './donations/store.ts'
import { sendWaitingDonations } from './donations/rules.ts'
import { adminGatewayRoutes } from './gateway/admin-routes.ts'
import { gatewayRoutes } from './gateway/routes.ts'
import { createGateway } from './gateway/rules.ts'
import { errorResponder } from './http/errors.ts'
import { sameOrigin } from './http/same-origin.ts'
import { securityHeaders } from './http/security-headers.ts'
import { internalRoutes } from './internal/routes.ts'
import { jwksRoutes } from './keys/jwks.ts'
import { keyRoutes } from './keys/routes.ts'
import { ledgerRoutes } from './ledger/routes.ts'
import { acceptanceRoutes } from './legal/acceptance.ts'
import { legalRoutes } from './legal/routes.ts'
import { limitRoutes } from './limits/routes.ts'
import { limitsReader, roomForBroadcast } from './limits/rules.ts'
import { adminPaymentRoutes } from './payments/admin-routes.ts'
import { memberPaymentRoutes } from './payments/member-routes.ts'
import { withdrawalRoutes } from './payments/withdrawal-routes.ts'
import { mailRoutes } from './mail/routes.ts'
import { moderationRoutes } from './moderation/routes.ts'
import type { Platform } from './ports.ts'
import { restreamRoutes } from './restreams/routes.ts'
import { restreamReader } from './restreams/rules.ts'
import { donationGates } from './site/donation-gates.ts'
import { healthRoutes } from './site/health.ts'
import { missing, pageRoutes } from './site/pages.ts'
import { secondFactorRoutes } from './second-factor/routes.ts'
import { createSecondFactor } from './second-factor/rules.ts'
import { siteRoutes } from './site/routes.ts'
import { statementRoutes } from './statements/routes.ts'
import { audienceReader, viewerAccess } from './viewers/rules.ts'
import { viewerRoutes } from './viewers/routes.ts'
import { uploadRoutes } from './uploads/routes.ts'
import { uploadReporting } from './uploads/rules.ts'
import { originFiles } from './videos/origin-files.ts'
import { pictureRoutes } from './videos/picture-routes.ts'
import { videoRoutes } from './videos/routes.ts'
import { studioVideoEntry } from './videos/studio-entry.ts'
import { takedownRoutes } from './videos/takedown-routes.ts'
import { videoReporting } from './videos/rules.ts'
import { requireSetUp, setUpCheck, siteReader } from './site/rules.ts'
import { webhookRoutes } from './webhooks/routes.ts'
import { widgetRoutes } from './widgets/routes.ts'

/** What the first visit itself needs. */
const BEFORE_SETUP = new Set(['/api/site', '/api/session', '/api/setup'])

/** @param deliver where the runtime answers requests for media by itself, so that equal ones meet */
export function createEdge(platform: Platform, deliver?: Deliver): Hono {
  const auth = createAuth(platform)
  const sessions = createSessions(platform)
  const signIn = createSignIn(platform)
  const confirmPassword = createConfirmPassword(signIn)
  const secondFactor = createSecondFactor(platform)
  const site = siteReader(platform)
  const isSetUp = setUpCheck(site)
  const access = channelAccess(platform)
  const lookup = channelLookup(platform)
  const limitsOf = limitsReader(platform)
  const viewers = viewerAccess(auth)
  const audienceOf = audienceReader(platform)
  const restreams = restreamReader(platform)
  const { mayRestreamToPrivate } = platform.config
  const requireSchema = schemaGuard(platform.database)
  const enterVideo = studioVideoEntry({ platform, auth, access })
  const askOriginOf = originFiles(platform)
  const gateway = platform.config.gateway && createGateway(platform.config.gateway, platform.fetchGateway)
  const onCredited = (): void => platform.waitUntil(sendWaitingDonations(platform))

  const app = new Hono()
  const respondToError = errorResponder(platform)
  app.onError(respondToError)
  app.notFound((c) => (isApi(c) ? respondToError(new AppError('not_found'), c) : missing(c, platform.pages)))

  // Before everything that asks the database: a running broadcast outlives it.
  const delivery = deliveryRoutes(platform, deliver)
  app.route('/', delivery)
  app.route('/', healthRoutes(platform))

  app.use(securityHeaders)
  app.use(async (_, next) => {
    await requireSchema()
    await next()
  })
  app.route('/', jwksRoutes(platform))
  app.route(
    '/',
    internalRoutes({
      platform,
      settings: { limitsOf, restreams, mayRestreamToPrivate },
      room: roomForBroadcast,
      videos: videoReporting(platform),
      reportUpload: uploadReporting(platform),
    }),
  )

  app.use(sameOrigin)
  app.use('/api/*', async (c, next) => {
    if (!BEFORE_SETUP.has(c.req.path)) requireSetUp(await isSetUp())
    await next()
    // Answers are about one person or one moment, unless a route knows better.
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })
  app.route('/', donationGates(platform))
  app.route('/', siteRoutes({ platform, auth, sessions, site }))
  app.route('/', accountRoutes({ platform, auth, sessions, site, signIn, secondFactor }))
  app.route('/', passwordResetRoutes({ platform, auth, sessions, site }))
  app.route('/', emailChangeRoutes({ platform, auth, site, confirmPassword }))
  app.route('/', mailRoutes({ platform, auth }))
  app.route('/', deviceRoutes({ platform, auth, sessions }))
  app.route('/', avatarRoutes({ platform, auth }))
  app.route('/', ownAccountRoutes({ platform, auth, sessions, confirmPassword }))
  app.route('/', passwordChangeRoutes({ platform, auth, sessions, confirmPassword }))
  app.route('/', secondFactorRoutes({ platform, auth, sessions, site, secondFactor, confirmPassword }))
  app.route('/', adminRoutes({ platform, auth, limitsOf }))
  app.route('/', inviteRoutes({ platform, auth, site }))
  app.route('/', adminAccountRoutes({ platform, auth }))
  app.route('/', adminNoticeRoutes({ platform, auth }))
  app.route('/', freezingRoutes({ platform, auth }))
  app.route('/', takedownRoutes({ platform, auth }))
  app.route('/', limitRoutes({ platform, auth }))
  app.route('/', legalRoutes({ platform, auth }))
  app.route('/', acceptanceRoutes({ platform, auth }))
  app.route('/', publicChannelRoutes({ platform, auth, viewers, audienceOf }))
  app.route('/', viewerRoutes({ platform, viewers }))
  app.route('/', studioChannelRoutes({ platform, auth, site, access, limitsOf, audienceOf, restreams }))
  app.route('/', keyRoutes({ platform, auth, site, access }))
  app.route('/', restreamRoutes({ platform, auth, site, access }))
  app.route('/', ledgerRoutes({ platform, auth }))
  app.route('/', statementRoutes({ platform, auth, site }))
  app.route('/', memberPaymentRoutes({ platform, auth }))
  app.route('/', adminPaymentRoutes({ platform, auth, onCredited }))
  app.route('/', withdrawalRoutes({ platform, auth }))
  app.route('/', caseRoutes({ platform, auth }))
  app.route('/', donationRoutes({ platform, auth, access }))
  app.route('/', gatewayRoutes({ platform, auth, gateway }))
  app.route('/', adminGatewayRoutes({ platform, auth, gateway, site }))
  app.route('/', alertRoutes({ platform }))
  app.route(
    '/',
    dockRoutes({
      platform,
      auth,
      access,
      site,
      donationsOf: (channelId) => listReceived(platform.database, { channelId, nowMs: platform.clock.now() }),
    }),
  )
  app.route('/', studioAlertRoutes({ platform, auth, site, access }))
  app.route('/', alertSettingsRoutes({ platform, auth, access }))
  app.route('/', widgetRoutes({ platform, auth, access, links: widgetLinks(platform, site) }))
  app.route('/', moderationRoutes({ platform, auth, access }))
  app.route('/', webhookRoutes({ platform, auth, access }))
  app.route('/', cutRoutes({ platform, enterVideo, askOriginOf, viewers }))
  app.route('/', captionRoutes({ platform, enterVideo }))
  app.route('/', chapterRoutes({ platform, enterVideo }))
  app.route('/', markRoutes({ platform, auth, access }))
  app.route('/', pictureRoutes({ platform, enterVideo, askOriginOf }))
  app.route('/', uploadRoutes({ platform, auth, access }))
  app.route('/', videoRoutes({ platform, auth, access, viewers, enterVideo }))
  app.route('/', fileRoutes(platform))
  app.route('/', pageRoutes({ pages: platform.pages, site, isSetUp, ...lookup }))
  // Hono composes whatever else would match, also behind a handler that answers: for a hit that is most of the work.
  delivery.onError(respondToError)
  delivery.notFound((c) => respondToError(new AppError('method_not_allowed'), c))
  const fetchOther = app.fetch
  app.fetch = (request, ...rest) =>
    isLive(request.url) ? delivery.fetch(request, ...rest) : fetchOther(request, ...rest)
  return app
}

function isLive(url: string): boolean {
  return url.startsWith('/live/', url.indexOf('/', url.indexOf('//') + 2))
}

function isApi(c: Context): boolean {
  return /^\/(?:api|internal|\.well-known|files)\//.test(c.req.path)
}
