namespace Metaflow.Serialization;

/// <summary>Reads Python's pickles of protocols 0 to 5 as plain .NET values. No class is ever looked up and nothing is executed.</summary>
/// <remarks>
/// Results are <see langword="null"/>, <see cref="bool"/>, <see cref="long"/> (<see cref="System.Numerics.BigInteger"/> beyond),
/// <see cref="double"/>, <see cref="string"/>, <c>byte[]</c>, <see cref="List{T}"/> of objects, <see cref="PythonTuple"/>,
/// <see cref="Dictionary{TKey, TValue}"/> and <see cref="HashSet{T}"/> of objects in the order stored, <see cref="NumericArray"/>, the .NET
/// types of times, decimals, UUIDs and complex numbers, <see cref="PythonClass"/>, and <see cref="PythonObject"/> for everything else. The
/// key <c>None</c> of a dictionary is <see cref="DBNull"/>. Shared and cyclic references are kept.
/// </remarks>
internal static class PickleReader
{
    /// <summary>Reads a value.</summary>
    /// <param name="payload">A whole pickle; what follows its end is ignored.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">The bytes are damaged (MF4101) or refer to what only their writer has
    /// (MF4102).</exception>
    public static object? Read(ReadOnlyMemory<byte> payload) => Read(new PickleInput(payload));

    /// <summary>Reads a value.</summary>
    /// <param name="input">A whole pickle.</param>
    /// <returns>The value.</returns>
    /// <exception cref="Errors.StorageException">As of the other overload.</exception>
    public static object? Read(PickleInput input) => new PickleMachine(input).Run();

    /// <summary>Reads a value that is then converted into a type. The numbers of an array that is copied then are not copied
    /// before.</summary>
    internal static object? Read(PickleInput input, Type wanted)
    {
        var isNumeric = wanted.IsArray && NumericType.OfElement(wanted.GetElementType()!) is not null;
        return new PickleMachine(input) { ViewsContent = isNumeric }.Run();
    }
}
