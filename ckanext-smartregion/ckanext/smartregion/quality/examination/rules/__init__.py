"""Rules that a contract adds to its Table Schema, each a pure function over whole columns of a typed frame.

A frame has the contract's columns with the values of their types: Int64, Float64, Boolean, Date, Datetime in Brussels
time, Time, and String for all else; null where a cell was empty or of the wrong type.
"""
