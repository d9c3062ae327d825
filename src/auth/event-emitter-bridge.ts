import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { AuthEvents } from '../events/auth-events.js';

interface Emitter {
  emitAsync(name: string, event: unknown): Promise<unknown>;
}

/** Passes events to listeners with `@OnEvent('latchkey.…')` if the host uses @nestjs/event-emitter. */
@Injectable()
export class EventEmitterBridge implements OnModuleInit {
  constructor(
    private readonly events: AuthEvents,
    private readonly modules: ModulesContainer,
    private readonly module: ModuleRef,
  ) {}

  async onModuleInit(): Promise<void> {
    const emitter = await this.findEmitter();
    if (!emitter) return;
    this.events.subscribe(async (event) => void (await emitter.emitAsync(`latchkey.${event.type}`, event)));
  }

  /** The package is an optional peer dependency. It is loaded only where a provider of its kind shows that it is used. */
  private async findEmitter(): Promise<Emitter | undefined> {
    if (!this.hasSomeEmitter()) return undefined;
    try {
      const { EventEmitter2 } = await import('@nestjs/event-emitter');
      return this.module.get<Emitter>(EventEmitter2, { strict: false });
    } catch {
      return undefined; // the package or EventEmitterModule is missing
    }
  }

  /** Looks at the classes that are provided, not at the host's instances, and not at names, which a bundler may shorten. */
  private hasSomeEmitter(): boolean {
    return [...this.modules.values()].some(({ providers }) =>
      [...providers.keys()].some((token) => {
        const prototype: unknown = typeof token === 'function' && token.prototype;
        return typeof (prototype as Partial<Emitter> | undefined)?.emitAsync === 'function';
      }),
    );
  }
}
