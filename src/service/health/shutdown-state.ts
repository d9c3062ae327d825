import { Injectable } from '@nestjs/common';

/** Whether the service is stopping. The readiness check reports it before connections close. */
@Injectable()
export class ShutdownState {
  begun = false;
  /** The listener closes soon: GETs are left unanswered, so that gateways try another instance. */
  turningAway = false;
}
