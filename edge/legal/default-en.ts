/** The English texts that an installation begins with. An admin must read them and make them true for the site. */
import type { LegalPageName } from '../../shared/contracts/legal.ts'

const terms = `# About this service
{site} shows live broadcasts and, where it is switched on, passes donations of viewers on to streamers. By registering or donating you accept these terms.

# Accounts
- Each person uses an account of their own and keeps its password safe.
- Admins grant the rights to go on air and to receive donations, and may withdraw them when they are abused.
- If you are under 18, you use this service with the permission of a parent or guardian.

# What is not allowed
- Gambling and adverts for it, fraud, money laundering and anything else against the law.
- Violence, hate speech, exploitation of children, and pornography.
- Broadcasting the work of others without permission.
- Using donations to move money of unlawful origin.

# Donations
- A donation is a voluntary gift to a streamer and no payment for goods or services.
- Money in the wallet can be donated, or withdrawn to your own bank account; it cannot be sent to another member in any other way.
- A balance earns no interest and may be limited.
- Fees, if any, are shown before you agree.

# Streamers
- Streamers answer for what they broadcast and for the tax on their income. Monthly statements are in the wallet.
- An admin checks the first withdrawal: the account must be in your own name.

# Freezing
Admins may freeze an account and its money while they look into a suspected breach, and report it where the law requires.

# Changes
When these terms change, version and date stand below. Questions and complaints: by "Report a problem" on the transaction, or by asking whoever runs this site.`

const privacy = `# What we store
- Account: username, e-mail address, and the password in a form that cannot be read back.
- Transactions: amount, time, message, and what admins decided.
- The bank account for withdrawals: bank, holder's name, and the number, encrypted.
- Devices that are signed in, and network addresses to limit abuse.

# What for
To run the service: to sign you in, pass donations on, pay withdrawals, prevent fraud and meet legal duties. We sell no data and set no advertising trackers.

# Who sees it
- Viewers and the streamer see the name and message you write with a donation. An anonymous donation hides your name from the streamer, not from admins.
- Admins see what they need to decide requests and cases.
- Banks and the payment gateway receive what they need to move money.

# Cookies
We use cookies only to keep you signed in.

# How long
Financial records are kept for as long as the law requires and are not deleted with the account; your name and address are detached from them where that is allowed.

# Your rights (Law 27/2022 of Indonesia)
You may ask for a copy, a correction or the deletion of your data, and withdraw consent. If data leaks, you are told in writing within 3 x 24 hours. Ask whoever runs this site.`

const refunds = `# Top-ups
- Transfer exactly the amount that is asked for. The code at its end becomes your balance.
- A transfer without a code, late or made twice is looked for by an admin and added to your balance, or returned to the account it came from.
- Balance that you do not use can be withdrawn to your own bank account.

# Donations
- A donation that was sent cannot in general be taken back.
- The streamer may give all of it back, its fee included, within the time that the site sets.
- A donation that cannot be passed on returns to your balance.

# Guests who paid by QRIS
- Keep the address of your payment page: from there, money that could not be passed on goes back to whoever paid or into a wallet.
- A late payment still counts.
- When returned money appears in your account depends on the bank and can take some days.

# Withdrawals
Money is held from the moment you ask. If it is rejected, or fails at the bank, all of it returns to your balance.

# Something is wrong?
Every transaction has a number and a button "Report a problem". An admin answers there.`

export const DEFAULT_TEXTS_EN: Readonly<Record<LegalPageName, string>> = { terms, privacy, refunds }
