"""``python -m bot rotate-keys``: a new master key takes over, and the old ones are destroyed.

In this order, so that a kill anywhere loses nothing and the next run goes on from there:

1. the new master key is put first into the key file; whoever makes a key from now on uses it,
   and a worker that meets a key wrapped by it looks into the file again;
2. all keys of the ring are wrapped anew, slice by slice, beside running workers;
3. the database forbids the old master keys, so that a worker that has not heard makes none by them;
4. what was made meanwhile is wrapped anew, while nobody makes any;
5. the old master keys leave the file.

After 5 a backup of before can't be opened any more with the key file of now: see docs/keys.md.
"""

from datetime import UTC, datetime
from functools import partial

from bot.config import Config, ConfigFaultsError
from bot.keyring import fresh_master, key_files, load_seal, masters, missing_masters, write_masters
from bot.secret import load_secret
from storage import erasing, open_store
from storage import masters as known
from storage.database import Store
from storage.seal import Ring


async def rotate(config: Config, ring: Ring, *, prepare: bool = False) -> str:
    """Rotate the master key of *ring*, or go on with that; what was done, in words.

    *prepare*: only put the new one into the file, so that it can be taken to other machines first.
    Raises `ConfigFaultsError`, `StorageError` and OSError.
    """
    seal = load_seal(config, load_secret(config.secret.get_secret_value(), config.secret_file))
    file = key_files(config)[ring]
    found = masters(file)
    if prepare and len(found) > 1:
        return f"{ring}: {found[0].name} is in {file} already"
    # On SQLite this says that the bot is to be stopped first, before anything is changed.
    store = await open_store(config.storage.url.get_secret_value(), seal=seal, lanes=1)
    try:
        if missing := await store.read(partial(known.lacking, seal=seal)):
            raise ConfigFaultsError(missing_masters(config, missing))
        if len(found) == 1:
            found = (fresh_master(ring), *found)
            write_masters(file, found)
            seal.renew()
        if prepare:
            return f"{ring}: {found[0].name} is in {file}; copy it to all machines, then rotate"
        old = tuple(master.name for master in found[1:])
        count = await _rewrap(store, ring, old)
        write_masters(file, found[:1])
        if ring == "people":  # whoever was erased can't be read in a backup any more either
            await store.run(partial(erasing.closed, now=datetime.now(UTC)))
    finally:
        await store.close()
    return f"{ring}: {found[0].name} wraps {count} keys; {', '.join(old)} destroyed"


async def _rewrap(store: Store, ring: Ring, old: tuple[str, ...]) -> int:
    count = 0
    while done := await store.run(partial(known.rewrap, ring=ring, old=old)):
        count += done
    await store.run(partial(known.forbid, old=old))
    alone = store.engine == "postgresql"
    while not await store.run(partial(known.retire, ring=ring, old=old, alone=alone)):
        pass
    return count
