import type { Clock } from '../core/clock.ts';
import type { ControlRoute } from './control-route.ts';
import { ControlError } from './control-route.ts';

/** Returns the routes of the clock that all systems share. */
export function clockRoutes(clock: Clock): ControlRoute[] {
  const shown = () => ({ skewMs: clock.skewMs(), now: clock.now().toISOString() });
  return [
    { method: 'GET', pattern: /^\/clock$/, handle: shown },
    {
      method: 'PATCH',
      pattern: /^\/clock$/,
      handle: ({ body: { skewMs } }) => {
        if (typeof skewMs !== 'number' || !Number.isFinite(skewMs))
          throw new ControlError(400, '`skewMs` must be a number of milliseconds.');
        clock.setSkew(skewMs);
        return shown();
      },
    },
  ];
}
