namespace Metaflow.Serialization;

/// <summary>Returns true if a value is of a type as the language has it.</summary>
/// <remarks>To the runtime an <c>int[]</c> is a <c>uint[]</c> too, and a <c>byte[]</c> an <c>sbyte[]</c>: such a cast gives the same bits
/// as other numbers.</remarks>
internal static class ExactTypes
{
    /// <summary>Returns true if a value can be given as a type, with every item as what it is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">The type.</param>
    /// <returns>Whether the value needs no conversion.</returns>
    public static bool Is(object value, Type type)
        => type.IsInstanceOfType(value) && (value is not Array || KeepsItems(value.GetType(), type));

    private static bool KeepsItems(Type array, Type type)
    {
        var element = array.GetElementType()!;
        var wanted = type.IsArray ? type.GetElementType() : type.IsGenericType ? type.GenericTypeArguments[0] : null;
        return wanted is null || wanted == element || (!wanted.IsValueType && (!element.IsArray || KeepsItems(element, wanted)));
    }
}
