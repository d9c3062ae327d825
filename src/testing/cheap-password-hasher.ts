import { Injectable } from '@nestjs/common';
import { BcryptPasswordHasher } from '../users/bcrypt-password.hasher.js';

/** Hashes with bcrypt in well under a millisecond instead of a quarter of a second. For tests only. */
@Injectable()
export class CheapPasswordHasher extends BcryptPasswordHasher {
  constructor() {
    super({ cost: 4 });
  }
}
