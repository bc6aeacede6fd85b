namespace Metaflow.Serialization;

/// <summary>Reads texts.</summary>
internal sealed class DirectTextForm : DirectForm<string?>
{
    private DirectTextForm()
    {
    }

    public static DirectTextForm Instance { get; } = new();

    public override bool TryRead(ref PickleCursor cursor, out string? value)
        => cursor.TryText(out value) || cursor.TryTake(PickleOpcode.None);
}

/// <summary>Reads numbers.</summary>
/// <typeparam name="T"><see cref="double"/>, <see cref="int"/> or <see cref="long"/>.</typeparam>
internal sealed class DirectNumberForm<T> : DirectForm<T>
    where T : struct
{
    private DirectNumberForm()
    {
    }

    public static DirectNumberForm<T> Instance { get; } = new();

    public override bool TryRead(ref PickleCursor cursor, out T value)
    {
        value = default;
        if (typeof(T) == typeof(double) && cursor.TryFloat(out var number))
        {
            value = (T)(object)number;
            return true;
        }

        if (!cursor.TryInteger(out var integer))
        {
            return false;
        }

        if (typeof(T) == typeof(long))
        {
            value = (T)(object)integer;
            return true;
        }

        if (typeof(T) == typeof(int) && integer is >= int.MinValue and <= int.MaxValue)
        {
            value = (T)(object)(int)integer;
            return true;
        }

        if (PythonNumber.Convert(integer, typeof(T)) is not T converted)
        {
            return false;
        }

        value = converted;
        return true;
    }
}

/// <summary>Reads what is stored as a plain number, text or nothing.</summary>
/// <param name="type">The type wanted.</param>
internal sealed class DirectScalarForm(Type type) : DirectForm
{
    private readonly Type _present = Nullable.GetUnderlyingType(type) ?? type;
    private readonly bool _mayBeNull = !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

    public override bool TryReadObject(ref PickleCursor cursor, out object? value)
    {
        if (!cursor.TryPlain(out value))
        {
            return false;
        }

        if (value is null)
        {
            return _mayBeNull;
        }

        value = _present.IsInstanceOfType(value) ? value : ValueReader.Scalar(value, _present);
        return value is not null;
    }
}

/// <summary>Reads times, durations and decimals, which are stored as calls of Python's classes.</summary>
/// <param name="type">The type wanted.</param>
internal sealed class DirectCallForm(Type type) : DirectForm
{
    private readonly Type _present = Nullable.GetUnderlyingType(type) ?? type;
    private readonly bool _mayBeNull = Nullable.GetUnderlyingType(type) is not null;

    public static bool Reads(Type type)
        => type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(DateOnly)
            || type == typeof(TimeSpan) || type == typeof(decimal);

    public override bool TryReadObject(ref PickleCursor cursor, out object? value)
    {
        value = null;
        if (cursor.TryTake(PickleOpcode.None))
        {
            return _mayBeNull;
        }

        // A decimal may be stored as a plain number by Python.
        if (cursor.TryFloat(out var number))
        {
            value = number;
        }
        else if (cursor.TryInteger(out var integer))
        {
            value = integer;
        }
        else if (!cursor.TryCall(out value))
        {
            return false;
        }

        value = _present.IsInstanceOfType(value) ? value : ValueReader.Scalar(value!, _present);
        return value is not null;
    }
}
