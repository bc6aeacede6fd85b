using System.Globalization;

namespace Metaflow.ObjectStorage.Data;

/// <summary>An object to get, or a part of one. A text stands for the whole object with that key.</summary>
/// <param name="Key">The key: relative to the folder, or a full address if the folder was opened without one.</param>
/// <param name="Offset">The first byte, from 0. A negative number counts from the end: <c>-100</c> is the last 100 bytes. The default is
/// 0.</param>
/// <param name="Length">The number of bytes, at least 1; <see langword="null"/>, the default, for all up to the end. If the object ends
/// earlier, the part is shorter.</param>
public readonly record struct ObjectRange(string Key, long Offset = 0, long? Length = null)
{
    /// <summary>Gets a value indicating whether it is the whole object.</summary>
    internal bool IsWhole => Offset == 0 && Length is null;

    /// <summary>Gets the range as HTTP has it; <see langword="null"/> for the whole object.</summary>
    internal string? Header => IsWhole ? null
        : Offset < 0 ? string.Create(CultureInfo.InvariantCulture, $"bytes={Offset}")
        : string.Create(CultureInfo.InvariantCulture, $"bytes={Offset}-{(Length is { } length ? Offset + length - 1 : null)}");

    /// <summary>Returns the whole object with a key.</summary>
    /// <param name="key">The key.</param>
    public static implicit operator ObjectRange(string key) => new(key);

    /// <summary>Returns the whole object with a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The object.</returns>
    public static ObjectRange FromString(string key) => new(key);
}
