import { Transform, Type } from 'class-transformer';
import { IsDate, IsIn, IsInt, IsString } from 'class-validator';
import { RegisterDto } from '../../src/index.js';
import { InMemoryUserStore } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { RecordedMails, tokenFor } from '../support/recorded-mails.js';

class CustomerDto extends RegisterDto {
  @IsIn(['free', 'pro'])
  plan: string;

  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value))
  @IsString()
  company: string;

  @Type(() => Date)
  @IsDate()
  born: Date;

  @IsInt({ each: true })
  scores: number[];
}

const created: unknown[] = [];
class Users extends InMemoryUserStore {
  override create(user: Parameters<InMemoryUserStore['create']>[0]) {
    created.push(user.fields);
    return super.create(user);
  }
}

let host: Host;
beforeAll(async () => {
  host = await startHost({
    parts: { accountMails: RecordedMails, userStore: Users },
    options: {
      publicUrl: 'https://auth.example.com',
      accounts: { verification: 'required' },
      registration: { dto: CustomerDto },
    },
  });
});
afterAll(() => host?.close());

it('own fields of an account whose address must be proven are kept until then, as they were checked', async () => {
  const email = newEmail();
  const own = { plan: 'pro', company: ' Acme ', born: '1990-02-03', scores: [1, 2], unknown: 'dropped' };
  const { status } = await host.client.post('/auth/register', { email, password: PASSWORD, ...own });
  expect([status, created]).toEqual([202, []]);
  const token = await tokenFor(host, email, 'confirm-registration');
  const confirmed = await host.client.post('/auth/register/confirm', { token, password: PASSWORD });
  expect(confirmed.status).toBe(201);
  expect(created).toEqual([{ plan: 'pro', company: 'Acme', born: new Date('1990-02-03'), scores: [1, 2] }]);
});
