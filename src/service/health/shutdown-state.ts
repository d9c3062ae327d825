import { Injectable } from '@nestjs/common';

/** Whether the service is stopping. The readiness check reports it before connections close. */
@Injectable()
export class ShutdownState {
  begun = false;
}
