namespace Metaflow.Serialization;

/// <summary>Reads NumPy's masked arrays: lists of their items, with nothing in the place of those that are masked.</summary>
internal static class MaskedArrays
{
    private const int StateLength = 7;

    /// <summary>Returns the items of a masked array.</summary>
    /// <param name="value">A plain value.</param>
    /// <returns>Nested lists, one for each axis; <see langword="null"/> when the value is not a masked array.</returns>
    public static List<object?>? ItemsOf(object value)
    {
        if (value is not PythonObject
            {
                Name: "_mareconstruct",
                Module: "numpy.ma.core" or "numpy.ma",
                State: PythonTuple { Count: StateLength } state,
            }
            || state[1] is not PythonTuple shape || state[2] is not NumericType type || state[5] is not byte[] mask)
        {
            return null;
        }

        var isFortranOrder = state[3] is true or 1L;
        var data = new NumericArray(type, [], default);
        var masks = new NumericArray(type, [], default);
        var isWhole = state[4] is { } content && NumericShape.TryFill(data, type, shape, isFortranOrder, content)
            && NumericShape.TryFill(masks, NumericType.OfElement(typeof(bool))!, shape, isFortranOrder, mask);
        return isWhole && data.Shape.Count > 0 ? Rows(data, masks, 0, 0, data.Length) : null;
    }

    private static List<object?> Rows(NumericArray data, NumericArray masks, int axis, long start, long length)
    {
        var count = data.Shape[axis];
        var rows = new List<object?>();
        for (var i = 0L; i < count; i++)
        {
            var at = start + (i * (length / count));
            rows.Add(axis < data.Shape.Count - 1
                ? Rows(data, masks, axis + 1, at, length / count)
                : masks.GetValue(at) is true
                ? null
                : data.GetValue(at));
        }

        return rows;
    }
}
