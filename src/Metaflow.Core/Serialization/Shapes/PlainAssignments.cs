using System.Buffers.Binary;
using System.Reflection;

namespace Metaflow.Serialization;

/// <summary>Finds out whether a constructor puts its parameters into fields as they are, as the primary constructor of a record does. What
/// cannot be told is taken for something else.</summary>
internal static class PlainAssignments
{
    private const byte LoadThis = 0x02;
    private const byte LoadFirst = 0x03;
    private const byte LoadThird = 0x05;
    private const byte LoadShort = 0x0E;
    private const byte StoreField = 0x7D;
    private const byte LoadAddress = 0x7C;
    private const int TokenLength = sizeof(int);

    /// <summary>Returns the parameters that a constructor puts into fields before it does anything else, and the fields, which it never
    /// sets again.</summary>
    /// <param name="constructor">The constructor.</param>
    /// <returns>The indices of parameters with their fields. None where the code is not available, as in a native program.</returns>
    public static IReadOnlyList<(int Parameter, FieldInfo Field)> Of(ConstructorInfo constructor)
    {
        var found = new List<(int, FieldInfo)>();
        try
        {
            var code = constructor.GetMethodBody()?.GetILAsByteArray() ?? [];
            for (var at = 0; Next(code, ref at) is var (parameter, token);)
            {
                if (IsUsedOnce(code, token)
                    && constructor.Module.ResolveField(token, constructor.DeclaringType!.GetGenericArguments(), null) is { } field)
                {
                    found.Add((parameter, field));
                }
            }
        }
        catch (Exception error)
            when (error is ArgumentException or NotSupportedException or InvalidOperationException or BadImageFormatException)
        {
            // The code is not there, or of a kind that is not known here.
        }

        return found;
    }

    private static (int Parameter, int Token)? Next(byte[] code, ref int at)
    {
        if (at + 3 + TokenLength > code.Length || code[at] != LoadThis)
        {
            return null;
        }

        var parameter = code[at + 1] switch
        {
            >= LoadFirst and <= LoadThird and var load => load - LoadFirst,
            LoadShort => code[at + 2] - 1,
            _ => -1,
        };
        var store = at + (code[at + 1] == LoadShort ? 3 : 2);
        if (parameter < 0 || store + 1 + TokenLength > code.Length || code[store] != StoreField)
        {
            return null;
        }

        at = store + 1 + TokenLength;
        return (parameter, BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(store + 1)));
    }

    private static bool IsUsedOnce(byte[] code, int token)
    {
        Span<byte> store = stackalloc byte[1 + TokenLength];
        store[0] = StoreField;
        BinaryPrimitives.WriteInt32LittleEndian(store[1..], token);
        Span<byte> address = stackalloc byte[1 + TokenLength];
        store.CopyTo(address);
        address[0] = LoadAddress;
        return code.AsSpan().Count(store) == 1 && code.AsSpan().IndexOf(address) < 0;
    }
}
