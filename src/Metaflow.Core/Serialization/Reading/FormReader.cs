namespace Metaflow.Serialization;

/// <summary>Reads the framework's types that have a Python form.</summary>
internal abstract class FormReader
{
    public static FormReader Of(Type type) => (FormReader)Activator.CreateInstance(typeof(FormReader<>).MakeGenericType(type))!;

    public abstract object? Read(PythonObject stored);
}

/// <summary>Reads a type of the framework that has a Python form.</summary>
/// <typeparam name="T">The type.</typeparam>
internal sealed class FormReader<T> : FormReader
    where T : class, IPythonForm<T>
{
    public override object? Read(PythonObject stored) => T.FromPython(stored);
}
