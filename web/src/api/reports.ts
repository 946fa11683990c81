import { client, unwrap } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

/** What was measured on this machine; null where the command was never run. */
export type Reports = Schemas['ReportsOut']
export type BenchReport = Schemas['BenchReportOut']
export type DocumentsReport = Schemas['DocumentsReportOut']
export type ChartsReport = Schemas['ChartsReportOut']
export type SupportReport = Schemas['SupportReportOut']

export async function loadReports(): Promise<Reports> {
  return await unwrap(client.GET('/v1/reports'))
}
