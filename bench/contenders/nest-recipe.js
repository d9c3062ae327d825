// The recipe from the Nest documentation: passport-jwt with the secret as a string, on Express.
import 'reflect-metadata';
import { Controller, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ExpressAdapter } from '@nestjs/platform-express';
import jsonwebtoken from 'jsonwebtoken';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { sameClaims } from '../lib/claims.js';
import { ready } from '../lib/contender.js';
import { decorate } from '../lib/decorate.js';
import { ACCESS_SECRET } from '../lib/keys.js';

class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      ignoreExpiration: false,
      secretOrKey: ACCESS_SECRET,
    });
  }
  async validate({ sub, username }) {
    return { userId: sub, username };
  }
}
decorate([Injectable()], JwtStrategy);

class JwtAuthGuard extends AuthGuard('jwt') {}
decorate([Injectable()], JwtAuthGuard);

class AppController {
  guarded() {
    return { ok: true };
  }
}
decorate([Controller()], AppController);
decorate([Get('guarded'), UseGuards(JwtAuthGuard)], AppController, 'guarded');

class AppModule {}
decorate(
  [Module({ imports: [PassportModule], controllers: [AppController], providers: [JwtStrategy] })],
  AppModule,
);

const app = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const accessTokens = Array.from({ length: 32 }, () =>
  jsonwebtoken.sign({ ...sameClaims(), username: 'ada' }, ACCESS_SECRET, { expiresIn: '1h' }),
);
ready({ url: await app.getUrl(), accessTokens });
