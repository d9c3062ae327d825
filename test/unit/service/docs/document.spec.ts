import { describeService } from '../../../../src/service/docs/document.js';
import { serviceApi } from '../../../../src/service/docs/service-api.js';

const settings = { cookies: { access: 'access', refresh: 'refresh' }, silentRefresh: false };
const idsOf = (route: string) => {
  const { paths } = describeService({ '/x': { get: { operationId: route } } }, settings);
  return Object.values(paths).flatMap((methods) => Object.values(methods) as { operationId: string }[]);
};

describe('the API document', () => {
  it('describes a route by its controller and method', () => {
    expect(idsOf('SessionsController.list')).toMatchObject([{ operationId: 'listSessions' }]);
  });

  it('shows a route that nobody has described under the name of its controller and method', () => {
    expect(idsOf('SessionsController.archive')).toEqual([{ operationId: 'SessionsController.archive' }]);
    expect(idsOf('NewController.list')).toEqual([{ operationId: 'NewController.list' }]);
  });

  it('leaves out what is not part of the API', () => {
    expect(idsOf('MetricsController.read')).toEqual([]);
  });

  it('has no two schemas of one name', () => {
    const schemas = serviceApi.controllers.flatMap((controller) => Object.entries(controller.schemas));
    schemas.push(...Object.entries(serviceApi.schemas));
    const others = schemas.filter(([name, schema]) => schema !== new Map(schemas).get(name));
    expect(others.map(([name]) => name)).toEqual([]);
  });
});
