// Makes `text.count` known to the compiler; at run time nothing is imported.
export type * from '@bellhop/example-my-kind/text-count'
