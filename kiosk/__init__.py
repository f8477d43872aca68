"""The kiosk 取号机: a citizen's touch becomes a numbered ticket on paper."""
