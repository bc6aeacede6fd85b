namespace Metaflow.ObjectStorage.Http;

/// <summary>Texts by their names, sorted by these as signatures want them.</summary>
/// <remarks>For the handful of headers of a request. A sorted dictionary of the framework is compiled anew in every process.</remarks>
internal sealed class SortedTexts
{
    private readonly List<string> _names = [];
    private readonly List<string> _values = [];

    /// <summary>Gets how many there are.</summary>
    public int Count => _names.Count;

    /// <summary>Sets a text.</summary>
    /// <param name="name">Its name.</param>
    public string this[string name]
    {
        set
        {
            var index = _names.BinarySearch(name, StringComparer.Ordinal);
            if (index >= 0)
            {
                _values[index] = value;
                return;
            }

            _names.Insert(~index, name);
            _values.Insert(~index, value);
        }
    }

    /// <summary>Returns a name.</summary>
    /// <param name="index">Its index in the order of the names.</param>
    public string NameAt(int index) => _names[index];

    /// <summary>Returns a text.</summary>
    /// <param name="index">The index of its name.</param>
    public string ValueAt(int index) => _values[index];

    /// <summary>Returns a text.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The text; <see langword="null"/> where there is none.</returns>
    public string? Find(string name) => _names.BinarySearch(name, StringComparer.Ordinal) is >= 0 and var index ? _values[index] : null;

    /// <summary>Removes a text, if it is there.</summary>
    /// <param name="name">Its name.</param>
    public void Remove(string name)
    {
        var index = _names.BinarySearch(name, StringComparer.Ordinal);
        if (index >= 0)
        {
            _names.RemoveAt(index);
            _values.RemoveAt(index);
        }
    }

    /// <summary>Returns the names, separated.</summary>
    /// <param name="separator">What is between two of them.</param>
    public string JoinNames(char separator) => string.Join(separator, _names);

    /// <summary>Returns a copy.</summary>
    public SortedTexts Copy()
    {
        var copy = new SortedTexts();
        copy._names.AddRange(_names);
        copy._values.AddRange(_values);
        return copy;
    }
}
