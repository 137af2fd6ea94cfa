// Vehicles that report where they are. Positions come by a stream from the client, which gRPC-Web has not: this speaks gRPC itself.
import { once } from "node:events";
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { StreamPositionsRequestSchema } from "../../src/contract/kezek/crew/v1/unit_service_pb";
import type { Centre } from "./centre";

/** Where a unit is, measured now unless said. */
export interface Measured {
  readonly unitId: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly uncertaintyM?: number;
  /** Milliseconds since 1970. */
  readonly at?: number;
}

/** A stream of positions into a centre. */
export class Positions {
  private constructor(private readonly session: ClientHttp2Session, private readonly stream: ClientHttp2Stream) {}

  static async to(centre: Centre): Promise<Positions> {
    const session = connect(centre.address);
    await once(session, "connect");
    const stream = session.request({
      ":method": "POST", ":path": "/kezek.crew.v1.UnitService/StreamPositions", "content-type": "application/grpc", te: "trailers",
      authorization: `Bearer ${await centre.token("integration")}`,
    });
    // what it answers is said when the stream ends
    stream.resume();
    return new Positions(session, stream);
  }

  /** Reports positions; at most 500 at once. */
  report(positions: readonly Measured[]): void {
    const message = create(StreamPositionsRequestSchema, {
      positions: positions.map(({ unitId, latitude, longitude, uncertaintyM, at = Date.now() }) => ({
        unitId, position: { latitude, longitude }, measuredAt: timestampFromMs(at), ...(uncertaintyM === undefined ? {} : { uncertaintyM }),
      })),
    });
    const bytes = toBinary(StreamPositionsRequestSchema, message);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(bytes.length, 1);
    this.stream.write(Buffer.concat([head, bytes]));
  }

  /** Ends the stream and the connection. */
  async end(): Promise<void> {
    if (!this.stream.closed) {
      const closed = once(this.stream, "close");
      this.stream.end();
      await closed;
    }
    this.session.close();
  }
}
