"""The voice 语音: reading rules, voice packs, the fallback engine, one WAV for each announcement."""
