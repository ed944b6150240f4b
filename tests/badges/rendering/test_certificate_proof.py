"""The editor's proof against the print: the same page, painted by Chromium and by PDFium, compared pixel by pixel."""

import io
import re
from collections import Counter

import numpy
import pytest
