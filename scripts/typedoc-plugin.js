// Limits the API reference to what people use: it omits constructors that Nest calls, Nest's and Passport's hooks, and
// inherited members.
import { Converter, ReflectionKind } from 'typedoc';

const HOOKS = new Set([
  'beforeApplicationShutdown',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'onModuleInit',
  'getAuthenticateOptions',
  'handleRequest',
]);

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const members = project.getReflectionsByKind(ReflectionKind.ClassMember);
    for (const member of members) if (isLeftOut(member)) project.removeReflection(member);
  });
}

function isLeftOut(member) {
  if (member.inheritedFrom || HOOKS.has(member.name)) return true;
  return member.kind === ReflectionKind.Constructor && !member.signatures?.some((each) => each.hasComment());
}
