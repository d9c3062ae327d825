import { IsString } from 'class-validator';
import {
  type AuthModuleOptions,
  AuthOptionsError,
  checkAuthOptions,
  defineRegistration,
  RegisterDto,
  type RegistrationOptions,
} from '../../../src/index.js';

class CustomerDto extends RegisterDto {
  @IsString()
  plan: string;
}
class Stranger {}

function problemsOf(options: object): string[] {
  const secret = (text: string) => text.repeat(10);
  const jwt = { accessSecret: secret('9dF!k'), refreshSecret: secret('x7%Qp'), algorithm: 'HS256' };
  try {
    checkAuthOptions({ jwt, ...options } as AuthModuleOptions);
    return [];
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    return error.problems.map(({ option, message }) => `${option} ${message}`);
  }
}

describe('registration and userView', () => {
  it.each<[string, object]>([
    ['a class that extends RegisterDto', { registration: { dto: CustomerDto } }],
    ['RegisterDto itself', { registration: { dto: RegisterDto } }],
    ['only a hook', { registration: { onRegister: () => undefined } }],
    ['nothing', { registration: {} }],
    ['a view', { userView: () => ({}) }],
  ])('accept %s', (_, options) => {
    expect(problemsOf(options)).toEqual([]);
  });

  const MUST =
    /^registration.dto must be a class that extends RegisterDto: write class Mine extends RegisterDto/;
  it.each<[string, object, RegExp]>([
    [
      'a class that does not extend RegisterDto',
      { registration: { dto: Stranger } },
      /^registration.dto must be a class that extends RegisterDto: write class Stranger extends RegisterDto .* dto: Stranger$/,
    ],
    ['an instance', { registration: { dto: new CustomerDto() } }, MUST],
    ['an object', { registration: { dto: {} } }, MUST],
    ['a text', { registration: { dto: 'CustomerDto' } }, MUST],
    ['an arrow function', { registration: { dto: () => CustomerDto } }, /^registration.dto must be a class/],
    [
      'a hook that is no function',
      { registration: { onRegister: 'x' } },
      /^registration.onRegister must be a function$/,
    ],
    [
      'an unknown option',
      { registration: { dtos: CustomerDto } },
      /^registration.dtos is unknown: did you mean registration.dto\?$/,
    ],
    ['a view that is no function', { userView: {} }, /^userView must be a function$/],
    ['a misspelled view', { userview: () => ({}) }, /^userview is unknown: did you mean userView\?$/],
  ])('refuse %s, and say what to write', (_, options, expected) => {
    expect(problemsOf(options)).toEqual([expect.stringMatching(expected)]);
  });

  it('give the hook the types of the class', () => {
    const options = defineRegistration({
      dto: CustomerDto,
      onRegister(user, fields) {
        const plan: string = fields.plan;
        // @ts-expect-error -- the password is not among the fields
        return void [user.id, plan, fields.password];
      },
    });
    const direct: RegistrationOptions<CustomerDto> = { onRegister: (_user, { plan }) => void plan.length };
    expect([options.dto, direct.dto]).toEqual([CustomerDto, undefined]);
  });
});
