export default function Station() { return <main><h1>station</h1></main>; }
