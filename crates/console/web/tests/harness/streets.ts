// A map of streets as small as can be: a PMTiles archive (version 3) with one vector tile, in which two streets cross in a park.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { zxyToTileId } from "pmtiles";

/** The zoom of the only tile; nearer views magnify it. */
const ZOOM = 8;
/** Units of a tile's side. */
const EXTENT = 4_096;
const HEADER_BYTES = 127;

/** The archive's bytes, around a place. */
export function streets({ latitude, longitude }: { latitude: number; longitude: number }): Buffer {
  const across = 2 ** ZOOM;
  const radians = (latitude * Math.PI) / 180;
  const [x, y] = [((longitude + 180) / 360) * across, (0.5 - Math.log(Math.tan(Math.PI / 4 + radians / 2)) / (2 * Math.PI)) * across];
  const tile = vectorTile(Math.round((x % 1) * EXTENT), Math.round((y % 1) * EXTENT));
  const metadata = Buffer.from(JSON.stringify({ vector_layers: [{ id: "roads" }, { id: "landuse" }], attribution: "<b>© a mapmaker</b>" }));
  // one entry: tile id, run length, length, offset + 1
  const directory = Buffer.from(new BinaryWriter().uint32(1).uint64(zxyToTileId(ZOOM, Math.floor(x), Math.floor(y))).uint32(1).uint32(tile.length).uint32(1).finish());
  return Buffer.concat([header(directory.length, metadata.length, tile.length), directory, metadata, tile]);
}

function header(directory: number, metadata: number, tile: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write("PMTiles", 0, "latin1");
  bytes.writeUInt8(3, 7);
  const [metadataAt, tileAt] = [HEADER_BYTES + directory, HEADER_BYTES + directory + metadata];
  [HEADER_BYTES, directory, metadataAt, metadata, tileAt, 0, tileAt, tile, 1, 1, 1].forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 8 + 8 * index));
  // clustered; neither directory nor tile compressed; vector tiles; only this zoom
  [1, 1, 1, 1, ZOOM, ZOOM].forEach((value, index) => bytes.writeUInt8(value, 96 + index));
  [-1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000].forEach((value, index) => bytes.writeInt32LE(value, 102 + 4 * index));
  return bytes;
}

function vectorTile(x: number, y: number): Buffer {
  const line = (fromX: number, fromY: number, toX: number, toY: number): number[] => [9, zigzag(fromX), zigzag(fromY), 10, zigzag(toX - fromX), zigzag(toY - fromY)];
  const park = [9, zigzag(x - 60), zigzag(y - 60), 26, zigzag(120), 0, 0, zigzag(120), zigzag(-120), 0, 15];
  const roads = layer("roads", [feature(2, line(x - 400, y, x + 400, y)), feature(2, line(x, y - 400, x, y + 400))]);
  return Buffer.concat([roads, layer("landuse", [feature(3, park)])]);
}

function layer(name: string, features: readonly Uint8Array[]): Uint8Array {
  const inner = new BinaryWriter().tag(15, WireType.Varint).uint32(2).tag(1, WireType.LengthDelimited).string(name);
  for (const one of features) inner.tag(2, WireType.LengthDelimited).bytes(one);
  inner.tag(5, WireType.Varint).uint32(EXTENT);
  return new BinaryWriter().tag(3, WireType.LengthDelimited).bytes(inner.finish()).finish();
}

function feature(kind: number, geometry: readonly number[]): Uint8Array {
  const packed = geometry.reduce((writer, value) => writer.uint32(value), new BinaryWriter()).finish();
  return new BinaryWriter().tag(3, WireType.Varint).uint32(kind).tag(4, WireType.LengthDelimited).bytes(packed).finish();
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
