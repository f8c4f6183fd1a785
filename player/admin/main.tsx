import { mount } from '../ui/mount.tsx'
import { Panel } from './panel.tsx'
import { SignIn } from './sign-in.tsx'
import './admin.css'

mount(location.pathname === '/admin/sign-in' ? SignIn : Panel, { withMember: false })
