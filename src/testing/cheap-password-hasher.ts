import { Injectable } from '@nestjs/common';
import { BcryptPasswordHasher } from '../users/bcrypt-password.hasher.js';

/** Bcrypt in well under a millisecond instead of a quarter of a second. For tests alone. */
@Injectable()
export class CheapPasswordHasher extends BcryptPasswordHasher {
  constructor() {
    super({ cost: 4 });
  }
}
