import type { DownloadSink, DownloadTarget, NodeWritable, StreamSink } from '../../download/sink.ts'
import { webSink } from '../../download/sink.ts'
import { NodeFileSink } from './file-sink.ts'

export async function openSink(target: DownloadTarget): Promise<DownloadSink> {
  if (typeof target === 'string') return NodeFileSink.open(target)
  return target instanceof WritableStream ? webSink(target) : nodeSink(target)
}

function nodeSink(stream: NodeWritable): StreamSink {
  return {
    kind: 'stream',
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stream.write(chunk, (error) => (error ? reject(error) : resolve()))
      }),
    finish: () => new Promise((resolve) => stream.end(resolve)),
    discard: () => Promise.resolve(),
  }
}
