using System.Collections.Concurrent;

namespace Metaflow.Serialization;

/// <summary>Reads the values of a type straight from a pickle, where these are written in the common way.</summary>
/// <remarks>What a form reads is what <see cref="ValueReader"/> makes of the plain value. Where it would be anything else, or an error, the
/// form gives up, and the pickle is read by way of plain values.</remarks>
internal abstract class DirectForm
{
    /// <summary>The deepest nesting that is read by recursion on the caller's stack.</summary>
    protected const int Deepest = 100;

    // What is shorter is read sooner than its type is looked at.
    private const int ShortestPickle = 512;

    // Forms follow from types, as shapes do: each is found once.
    private static readonly ConcurrentDictionary<Type, DirectForm?> Known = new();

    /// <summary>Reads a whole pickle.</summary>
    /// <param name="input">The pickle.</param>
    /// <param name="type">The type wanted.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the value could be read so. If not, the pickle may have been taken in part.</returns>
    public static bool TryRead(PickleInput input, Type type, out object? value)
    {
        value = null;
        if (input.Length < ShortestPickle || Of(type) is not { } form)
        {
            return false;
        }

        input.Peek(ShortestPickle);
        var cursor = new PickleCursor(input);
        var isRead = cursor.TryTakeProtocol() && form.TryReadObject(ref cursor, out value) && cursor.TryTake(PickleOpcode.Stop);
        cursor.Release();
        return isRead;
    }

    /// <summary>Returns the form of a type; <see langword="null"/> when it has none.</summary>
    public static DirectForm? Of(Type type)
    {
        if (type == typeof(string))
        {
            return DirectTextForm.Instance;
        }

        if (type == typeof(double))
        {
            return DirectNumberForm<double>.Instance;
        }

        if (type == typeof(int))
        {
            return DirectNumberForm<int>.Instance;
        }

        if (type == typeof(long))
        {
            return DirectNumberForm<long>.Instance;
        }

        if (DirectCallForm.Reads(Nullable.GetUnderlyingType(type) ?? type))
        {
            return new DirectCallForm(type);
        }

        return IsScalar(Nullable.GetUnderlyingType(type) ?? type)
            ? new DirectScalarForm(type)
            : Known.GetOrAdd(type, static type => OfShape(TypeShape.Of(type)));
    }

    private static DirectForm? OfShape(TypeShape shape)
    {
        var type = shape.Type;
        var isSpecial = type == typeof(StepFailure) || typeof(IPythonForm).IsAssignableFrom(type)
            || typeof(System.Runtime.CompilerServices.ITuple).IsAssignableFrom(type);
        return (isSpecial, shape.Kind) switch
        {
            (false, ShapeKind.Record) when shape.Construction is { WhyNot: null, Constructor: not null } => new DirectRecordForm(shape),
            (false, ShapeKind.Sequence) when shape.Element is { } element => OfSequence(type, element),
            (false, ShapeKind.Dictionary) when shape.KeyAndValue is { Key: var key, Value: var value } && key == typeof(string) =>
                OfTable(type, value, shape),
            _ => null,
        };
    }

    /// <summary>Reads a value.</summary>
    /// <returns>Whether it is written in the common way; if not the cursor is anywhere.</returns>
    public abstract bool TryReadObject(ref PickleCursor cursor, out object? value);

    private static bool IsScalar(Type type) =>
        type == typeof(object) || type == typeof(Uri) || type == typeof(Version) || type.IsEnum
            || (type.IsValueType && type.Namespace is "System" or "System.Numerics" && !type.IsGenericType);

    private static DirectForm? OfSequence(Type type, Type element)
    {
        if (type.IsArray && (!type.IsSZArray || NumericType.OfElement(element) is not null))
        {
            return null;
        }

        if (!type.IsArray && !type.IsAssignableFrom(typeof(List<>).MakeGenericType(element)))
        {
            return null;
        }

        return Of(element) switch
        {
            DirectForm<string?> texts => new DirectListForm<string?>(texts, type.IsArray),
            DirectForm<double> numbers => new DirectListForm<double>(numbers, type.IsArray),
            DirectForm<int> numbers => new DirectListForm<int>(numbers, type.IsArray),
            DirectForm<long> numbers => new DirectListForm<long>(numbers, type.IsArray),
            { } items => new DirectSequenceForm(type, TypeShape.Of(type).Sequences, items),
            null => null,
        };
    }

    private static DirectForm? OfTable(Type type, Type value, TypeShape shape)
    {
        if (!type.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(typeof(string), value)))
        {
            return null;
        }

        return Of(value) switch
        {
            DirectForm<string?> texts => new DirectTableForm<string?>(texts),
            DirectForm<double> numbers => new DirectTableForm<double>(numbers),
            DirectForm<int> numbers => new DirectTableForm<int>(numbers),
            DirectForm<long> numbers => new DirectTableForm<long>(numbers),
            { } values => new DirectDictionaryForm(type, shape.Dictionaries, values),
            null => null,
        };
    }
}

/// <summary>Reads values without boxing them.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
internal abstract class DirectForm<T> : DirectForm
{
    /// <summary>Reads a value.</summary>
    /// <returns>Whether it is written in the common way.</returns>
    public abstract bool TryRead(ref PickleCursor cursor, out T value);

    public sealed override bool TryReadObject(ref PickleCursor cursor, out object? value)
    {
        var isRead = TryRead(ref cursor, out var typed);
        value = typed;
        return isRead;
    }
}
