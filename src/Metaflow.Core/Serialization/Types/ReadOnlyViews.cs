using System.Collections.ObjectModel;

namespace Metaflow.Serialization;

/// <summary>Gives artifacts that are declared by an interface for reading as collections that cannot be changed, whatever they are cast
/// to: so that it is known that a step that read one left it as it was.</summary>
internal abstract class ReadOnlyViews
{
    private static readonly Type[] Interfaces =
        [typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>), typeof(IEnumerable<>), typeof(IReadOnlyDictionary<,>)];

    /// <summary>Returns true if a value declared as a type is given as a view, if it is of a kind that has one.</summary>
    public static bool Are(Type type)
        => type.IsInterface && type.IsGenericType && Array.IndexOf(Interfaces, type.GetGenericTypeDefinition()) >= 0;

    /// <summary>Returns true if a value is a view.</summary>
    public static bool Is(object value)
        => value.GetType() is { IsGenericType: true } type && (type.GetGenericTypeDefinition() == typeof(ReadOnlyCollection<>)
            || type.GetGenericTypeDefinition() == typeof(ReadOnlyDictionary<,>));

    /// <summary>Returns a view of a value that was just read and that nobody else has.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">A type of which <see cref="Are"/> is true.</param>
    /// <returns>The view; the value itself where it has none.</returns>
    public static object Of(object value, Type type)
    {
        var arguments = type.GetGenericArguments();
        var view = arguments.Length == 1 ? typeof(ListView<>).MakeGenericType(arguments) : typeof(TableView<,>).MakeGenericType(arguments);
        return ((ReadOnlyViews)Activator.CreateInstance(view)!).Of(value);
    }

    protected abstract object Of(object value);

    private sealed class ListView<T> : ReadOnlyViews
    {
        protected override object Of(object value) => value is List<T> list ? new ReadOnlyCollection<T>(list) : value;
    }

    private sealed class TableView<TKey, TValue> : ReadOnlyViews
        where TKey : notnull
    {
        protected override object Of(object value)
            => value is Dictionary<TKey, TValue> table ? new ReadOnlyDictionary<TKey, TValue>(table) : value;
    }
}
