import userEvent from '@testing-library/user-event'
import { screen, within } from '@testing-library/vue'
import { describe, expect, it, vi } from 'vitest'

import type { FieldObject } from '@/api/documents'
import type { Scan } from '@/composables/useDocuments'
import { draw } from '@/test/mount'

import FieldTable from './FieldTable.vue'

function field(changes: Partial<FieldObject>): FieldObject {
  const value = changes.value ?? null
  const rest = { confidence: 0.9, signals: {}, regions: [], alignment: 'exact', checks: [], repair: null, reason: '' }
  const texts = { raw_text: String(value), normalized: String(value), proofs: [], alternatives: [] }
  return { value, type: 'text', status: 'grounded', ...rest, ...texts, ...changes } as FieldObject
}

function show(fields: Record<string, FieldObject>, active: string | null = null) {
  const result = { id: 'pic_1', type: 'id-card-front', fields, checks: [], quality: [], version: 'reader', timings: {} }
  const scan = { key: 1, file: new File([], 'a.png'), state: 'done', picture: null, result, error: null, edits: {} }
  const events = { onPick: vi.fn(), onEdit: vi.fn() }
  draw(FieldTable, { scan: scan as unknown as Scan, active, ...events })
  return events
}

describe('the table of a document', () => {
  it('shows both readings of a value in conflict', () => {
    show({ name: field({ value: '张三', status: 'conflict', alternatives: ['张王'] }) })
    expect(screen.getByText('有冲突')).toBeTruthy()
    expect(screen.getByText('另一种读法：张王')).toBeTruthy()
  })

  it('shows an ID number in full only where one is at work', () => {
    show({ id_number: field({ value: '110101199001011237', type: 'id_number', status: 'verified' }) })
    expect(screen.getByDisplayValue('110101********1237')).toBeTruthy()
  })

  it('tells what was corrected and what the document does not have', async () => {
    const { onEdit } = show({ name: field({ value: '张三' }), address: field({ status: 'absent' }) })
    const input = within(screen.getByRole('table')).getByRole('textbox')
    await userEvent.clear(input)
    await userEvent.type(input, '张山{Tab}')
    expect(onEdit).toHaveBeenCalledWith('name', '张山')
    expect(screen.getByText('单据上没有：地址')).toBeTruthy()
  })
})
