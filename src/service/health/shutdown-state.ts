import { Injectable } from '@nestjs/common';

/** Whether the service has been told to stop: readiness says so before connections close. */
@Injectable()
export class ShutdownState {
  begun = false;
}
