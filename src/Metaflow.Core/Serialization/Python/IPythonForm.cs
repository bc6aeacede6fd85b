namespace Metaflow.Serialization;

/// <summary>A type of the framework that is stored as an instance of a Python class.</summary>
internal interface IPythonForm
{
    /// <summary>Returns the object as it is stored.</summary>
    /// <returns>The instance as plain data.</returns>
    PythonObject ToPython();
}

/// <summary>A type of the framework that is stored as an instance of a Python class and read from one.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal interface IPythonForm<TSelf> : IPythonForm
    where TSelf : class, IPythonForm<TSelf>
{
    /// <summary>Reads an object from its stored form.</summary>
    /// <param name="stored">The instance as plain data.</param>
    /// <returns>The object, or <see langword="null"/> when the data is not such an instance.</returns>
    static abstract TSelf? FromPython(PythonObject stored);
}
