export default function MapWindow() { return <main><h1>map</h1></main>; }
