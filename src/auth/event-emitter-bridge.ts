import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AuthEvents } from '../events/auth-events.js';

interface Emitter {
  emitAsync(name: string, event: unknown): Promise<unknown>;
}

/** Passes events to listeners with `@OnEvent('latchkey.…')` if the host uses @nestjs/event-emitter. */
@Injectable()
export class EventEmitterBridge implements OnModuleInit {
  constructor(
    private readonly events: AuthEvents,
    private readonly modules: ModuleRef,
  ) {}

  async onModuleInit(): Promise<void> {
    const emitter = await this.findEmitter();
    if (!emitter) return;
    this.events.subscribe(async (event) => void (await emitter.emitAsync(`latchkey.${event.type}`, event)));
  }

  /** The package is an optional peer dependency, so it is loaded only now. */
  private async findEmitter(): Promise<Emitter | undefined> {
    try {
      const { EventEmitter2 } = await import('@nestjs/event-emitter');
      return this.modules.get<Emitter>(EventEmitter2, { strict: false });
    } catch {
      return undefined; // the package or EventEmitterModule is missing
    }
  }
}
