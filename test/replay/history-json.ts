import { createRequire } from 'node:module';
import type { History } from '@temporalio/common/lib/proto-utils.js';

/** Reflection of protobufjs, as far as it is needed here. */
interface ProtoJson {
  fromJson(type: object, json: object, options: { ignoreUnknownFields: boolean }): History;
  toJson(type: object, message: History): object;
}

/**
 * The JSON form of Temporal's tools, by the very copy of protobufjs that describes Temporal's messages. The SDK's own
 * `historyToJSON` asks another copy and fails where npm installs two, as it does here.
 */
const ofCommon = createRequire(createRequire(import.meta.url).resolve('@temporalio/common'));
const proto = ofCommon('@temporalio/proto') as { lookupType(name: string): object };
const { fromJson, toJson } = createRequire(ofCommon.resolve('@temporalio/proto'))(
  'protobufjs/ext/protojson',
) as ProtoJson;
const HISTORY = proto.lookupType('temporal.api.history.v1.History');

/** Writes a history as JSON, payloads as base64. */
export function historyToJson(history: History): object {
  return toJson(HISTORY, history);
}

/** Reads a history that was written as JSON, by us or by `temporal workflow show --output json`. */
export function historyFromJson(json: object): History {
  return fromJson(HISTORY, json, { ignoreUnknownFields: true });
}
